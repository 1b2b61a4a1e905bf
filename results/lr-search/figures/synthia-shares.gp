# Class shares of the evaluated pixels, SYNTHIA (rendered stand-in). Run in this folder: gnuplot synthia-shares.gp
reset
set encoding utf8
set terminal pngcairo size 1100,560 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'synthia-shares.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set title 'Class shares of the evaluated pixels, SYNTHIA (rendered stand-in)' font 'sans-serif,20'
set logscale y
set ylabel 'percent of pixels'
set boxwidth 0.7
set style fill solid
set xrange [-0.6:13.0-0.4]
set yrange [0.1:100]
set xtics rotate by 40 right ('building' 0, 'road' 1, 'sky' 2, 'vegetation' 3, 'sidewalk' 4, 'car' 5, 'lane marking' 6, 'pole' 7, 'pedestrian' 8, 'fence' 9, 'traffic light' 10, 'traffic sign' 11, 'bicycle' 12)
plot 'synthia-shares.dat' using 1:2:3 with boxes lc rgb variable
unset output
