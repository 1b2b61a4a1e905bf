# Class weights over training, SYNTHIA (rendered stand-in), ResNet-18. Run in this folder: gnuplot synthia-resnet18-weights.gp
reset
set encoding utf8
set terminal pngcairo size 1800,620 noenhanced fontscale 0.75 font 'sans-serif,16' background rgb 'white'
set output 'synthia-resnet18-weights.png'
set border 3 lc rgb '#555555'
set tics nomirror out scale 0.6
set format '%g'
set grid lc rgb '#E4E4E4' lt 1
unset key
set multiplot layout 1,3 title 'SYNTHIA (rendered stand-in), ResNet-18' font 'sans-serif,20' margins 0.05,0.86,0.12,0.85 spacing 0.055
set xlabel 'iteration'
set title 'share of the focal weights'
plot 'synthia-resnet18-weights.dat' index 0 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 1 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 2 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 3 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 4 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 5 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 6 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 7 using 1:2 with lines lw 2.5 lc rgb '#0072B2' title 'pole', \
  'synthia-resnet18-weights.dat' index 8 using 1:2 with lines lw 2.5 lc rgb '#D55E00' title 'car', \
  'synthia-resnet18-weights.dat' index 9 using 1:2 with lines lw 2.5 lc rgb '#009E73' title 'traffic sign', \
  'synthia-resnet18-weights.dat' index 10 using 1:2 with lines lw 2.5 lc rgb '#CC79A7' title 'pedestrian', \
  'synthia-resnet18-weights.dat' index 11 using 1:2 with lines lw 2.5 lc rgb '#E69F00' title 'bicycle', \
  'synthia-resnet18-weights.dat' index 12 using 1:2 with lines lw 2.5 lc rgb '#56B4E9' title 'traffic light'
set title 'share of the recall weights'
plot 'synthia-resnet18-weights.dat' index 13 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 14 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 15 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 16 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 17 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 18 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 19 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 20 using 1:2 with lines lw 2.5 lc rgb '#0072B2' title 'pole', \
  'synthia-resnet18-weights.dat' index 21 using 1:2 with lines lw 2.5 lc rgb '#D55E00' title 'car', \
  'synthia-resnet18-weights.dat' index 22 using 1:2 with lines lw 2.5 lc rgb '#009E73' title 'traffic sign', \
  'synthia-resnet18-weights.dat' index 23 using 1:2 with lines lw 2.5 lc rgb '#CC79A7' title 'pedestrian', \
  'synthia-resnet18-weights.dat' index 24 using 1:2 with lines lw 2.5 lc rgb '#E69F00' title 'bicycle', \
  'synthia-resnet18-weights.dat' index 25 using 1:2 with lines lw 2.5 lc rgb '#56B4E9' title 'traffic light'
set title 'recall share / focal share'
set key at screen 0.87,0.8 left top Left reverse
set yrange [0:*]
plot 'synthia-resnet18-weights.dat' index 26 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 27 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 28 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 29 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 30 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 31 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 32 using 1:2 with lines lw 1 lc rgb '#BBBBBB' notitle, \
  'synthia-resnet18-weights.dat' index 33 using 1:2 with lines lw 2.5 lc rgb '#0072B2' title 'pole', \
  'synthia-resnet18-weights.dat' index 34 using 1:2 with lines lw 2.5 lc rgb '#D55E00' title 'car', \
  'synthia-resnet18-weights.dat' index 35 using 1:2 with lines lw 2.5 lc rgb '#009E73' title 'traffic sign', \
  'synthia-resnet18-weights.dat' index 36 using 1:2 with lines lw 2.5 lc rgb '#CC79A7' title 'pedestrian', \
  'synthia-resnet18-weights.dat' index 37 using 1:2 with lines lw 2.5 lc rgb '#E69F00' title 'bicycle', \
  'synthia-resnet18-weights.dat' index 38 using 1:2 with lines lw 2.5 lc rgb '#56B4E9' title 'traffic light'
unset multiplot
unset output
